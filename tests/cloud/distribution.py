"""What the distribution of template.yaml says of a path: its behaviour, and headers it adds."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, NamedTuple


class Distribution(NamedTuple):
    """The distribution among the ``resources`` of a template; functions in them may stay undone."""

    resources: dict[str, Any]

    @property
    def config(self) -> dict[str, Any]:
        found: dict[str, Any] = self.resources["Distribution"]["Properties"]["DistributionConfig"]
        return found

    @property
    def behaviours(self) -> list[dict[str, Any]]:
        """In the order in which CloudFront looks at them."""
        return [*self.config["CacheBehaviors"], self.config["DefaultCacheBehavior"]]

    def behaviour(self, path: str) -> dict[str, Any]:
        """The first behaviour whose pattern fits: CloudFront knows ``*`` and ``?``, and case."""
        return next(o for o in self.behaviours if fnmatchcase(path, o.get("PathPattern", "*")))

    def origin(self, path: str) -> dict[str, Any]:
        """Whom CloudFront asks."""
        wanted = self.behaviour(path)["TargetOriginId"]
        (found,) = [one for one in self.config["Origins"] if one["Id"] == wanted]
        return dict(found)

    def headers(self, path: str) -> dict[str, str]:
        """What the response-headers policy of a path's behaviour adds, or puts instead."""
        policy = self.resources[self.behaviour(path)["ResponseHeadersPolicyId"]["Ref"]]
        config = policy["Properties"]["ResponseHeadersPolicyConfig"]
        secure = config["SecurityHeadersConfig"]
        items = config["CustomHeadersConfig"]["Items"]
        assert all(one["Override"] is True for one in (*secure.values(), *items))
        assert "ContentTypeOptions" in secure
        hsts = secure["StrictTransportSecurity"]
        return {
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": secure["ReferrerPolicy"]["ReferrerPolicy"],
            "Content-Security-Policy": secure["ContentSecurityPolicy"]["ContentSecurityPolicy"],
            "Strict-Transport-Security": f"max-age={hsts['AccessControlMaxAgeSec']}"
            + ("; includeSubDomains" if hsts["IncludeSubdomains"] else ""),
        } | {item["Header"]: item["Value"] for item in items}
