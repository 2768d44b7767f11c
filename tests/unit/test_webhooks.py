"""Signatures of webhooks, by the vector that the standard's libraries share."""

from __future__ import annotations

from datetime import UTC, datetime

from passalong.webhooks import signature, signed_headers

SIGNED_WITH = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID, AT = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signature_is_that_of_the_standards_libraries() -> None:
    assert signature(SIGNED_WITH, ID, AT, BODY) == SIGNATURE


def test_while_a_secret_is_changed_both_sign() -> None:
    other = "whsec_" + "b3RoZXJz" * 4
    headers = signed_headers([SIGNED_WITH, other], ID, datetime.fromtimestamp(AT, UTC), BODY)
    first, second = headers.pop("webhook-signature").split(" ")
    assert (first, second) == (SIGNATURE, signature(other, ID, AT, BODY))
    assert headers == {"webhook-id": ID, "webhook-timestamp": str(AT)}
