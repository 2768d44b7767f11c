"""Whose browsers and robots look at pages in the played year, and from where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from random import Random

_WEBKIT: Final = "AppleWebKit/537.36 (KHTML, like Gecko)"
_IPHONE: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15"
BROWSERS: Final = (
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/131.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_WEBKIT} Chrome/130.0.0.0 Safari/537.36 Edg/130",
    f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {_WEBKIT} Chrome/131.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {_WEBKIT} Chrome/131.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    f"{_IPHONE} (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
    f"{_IPHONE} (KHTML, like Gecko) Mobile/15E148 [LinkedInApp]/9.30.1",
)
PREVIEWS: Final = {
    "linkedin": "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)",
    "whatsapp": "WhatsApp/2.23.20.0",
    "teams": "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "x": "Twitterbot/1.0",
    "telegram": "TelegramBot (like TwitterBot)",
    "email": "Mozilla/5.0 (compatible; Barracuda Sentinel (EE))",
}
"""Who looks at a link as soon as it is passed on, by medium."""
CRAWLERS: Final = (
    f"Mozilla/5.0 {_WEBKIT}; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} HeadlessChrome/129.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
)


def browser(rng: Random) -> dict[str, str]:
    """A person's browser, and the network that they are in: an address for documents."""
    return {"agent": rng.choice(BROWSERS), "client": client(rng)}


def client(rng: Random) -> str:
    """An address of the kind that is kept for examples: RFC 3849, RFC 5737."""
    if rng.random() < 0.5:
        return f"2001:db8:{rng.randrange(1 << 16):x}:{rng.randrange(1 << 16):x}::1"
    return f"{rng.choice(('192.0.2', '198.51.100', '203.0.113'))}.{rng.randrange(1, 255)}"
