"""Share links, and the address behind each control that passes one on.

Pure strings and the standard library only, since the functions use this as the build does. Words
and links are opaque here as in `passalong.drafts`: they are concatenated and percent-encoded, never
looked into, so an address made of sentinels becomes the person's by putting their percent-encoded
words in the place of the percent-encoded sentinels.
"""

from __future__ import annotations

from urllib.parse import quote as _percent

LINK_IN_TEXT = frozenset({"email", "sms", "copy-message", "ask", "refer"})
"""Messages that say the link themselves; the address of every other medium carries it."""

FORWARD = "forward"
"""The medium of a page that a referee hands on or reads without their name."""

NO_HREF = frozenset({"native", "copy-link", "copy-message"})
"""Media that are a press on the page, without an address to open."""


def share_link(base_url: str, code: str, medium: str) -> str:
    """The link an advocate passes on by ``medium``; ``base_url`` has no slash at its end."""
    return f"{base_url}/r/{code}/?v={medium}"


def quote(text: str) -> str:
    """Percent-encode everything but letters, digits and ``-._~`` (RFC 3986, 2.3)."""
    return _percent(text, safe="")


def mailbox(address: str) -> str:
    """A mail address as it stands in ``mailto:`` (RFC 6068, 2): only its ``@`` stays as it is."""
    return _percent(address, safe="@")


def mailto(to: str, subject: str, body: str) -> str:
    """A ``mailto:`` address (RFC 6068): spaces are %20, line breaks %0D%0A.

    ``to`` is what `mailbox` makes of an address, or empty: then the person chooses.
    """
    # A line break can only be static, for words are single lines: so this still commutes.
    lines = quote(body).replace("%0A", "%0D%0A")
    return f"mailto:{to}?subject={quote(subject)}&body={lines}"


def href(medium: str, link: str, text: str, subject: str = "") -> str:  # noqa: PLR0911
    """The address that opens ``medium`` with the link and the drafted message.

    Empty for media that have none. ``text`` is filled already, with or without the link as
    `LINK_IN_TEXT` has it. The forms are the vendors' own: LinkedIn's share-offsite (which drops any
    text), X's web intent, WhatsApp's click to chat, Telegram's and Teams' share pages, and RFC 5724
    for SMS as phones read it.
    """
    match medium:
        case "linkedin":
            return f"https://www.linkedin.com/sharing/share-offsite/?url={quote(link)}"
        case "x":
            return f"https://x.com/intent/tweet?text={quote(text)}&url={quote(link)}"
        case "whatsapp":
            return f"https://wa.me/?text={quote(text)}%0A{quote(link)}"
        case "email":
            return mailto("", subject, text)
        case "telegram":
            return f"https://t.me/share/url?url={quote(link)}&text={quote(text)}"
        case "teams":
            return f"https://teams.microsoft.com/share?href={quote(link)}&msgText={quote(text)}"
        case "sms":
            # "?&body=" is read by iOS and by Android alike, "?body=" is not by older iOS
            return f"sms:?&body={quote(text)}"
        case "native" | "copy-link" | "copy-message":
            return ""
    raise ValueError(f"no such medium: {medium}")
