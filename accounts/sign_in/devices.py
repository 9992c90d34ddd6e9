"""What a browser says of itself, in two words that a person recognises: "Chrome · Windows"."""

from __future__ import annotations

UNKNOWN = "未知设备"
# The first match counts: most browsers also claim to be Chrome and Safari, and most systems something older.
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
    """The browser and the system named in a User-Agent header; what is not recognised is left out."""
    text = user_agent.lower()
    known = [next((word for sign, word in table if sign in text), "") for table in (BROWSERS, SYSTEMS)]
    return " · ".join(filter(None, known)) or UNKNOWN
