"""The browser and system of a User-Agent header as a short label, such as "Chrome · Windows"."""

from __future__ import annotations

UNKNOWN = "未知设备"
# The first match counts: most browsers also name Chrome and Safari, and most systems an older one.
BROWSERS = (
    ("micromessenger", "微信"),
    ("dingtalk", "钉钉"),
    ("qaxbrowser", "奇安信浏览器"),
    ("qihu", "360浏览器"),
    ("360se", "360浏览器"),
    ("360ee", "360浏览器"),
    ("edg/", "Edge"),
    ("edga/", "Edge"),
    ("edgios/", "Edge"),
    ("firefox", "Firefox"),
    ("chrome", "Chrome"),
    ("chromium", "Chrome"),
    ("safari", "Safari"),
    ("trident", "IE"),
    ("msie", "IE"),
)
SYSTEMS = (
    ("harmony", "鸿蒙"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("android", "Android"),
    ("windows", "Windows"),
    ("mac os", "macOS"),
    ("uos", "统信UOS"),
    ("kylin", "麒麟"),
    ("linux", "Linux"),
)


def device(user_agent: str) -> str:
    """The label for a User-Agent header, without the part that is not recognised; ``UNKNOWN`` when neither is."""
    text = user_agent.lower()
    known = [next((word for sign, word in table if sign in text), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, known)) or UNKNOWN
