"""Chinese reasons for errors of the operating system with files. Pure."""

from __future__ import annotations

import errno

REASONS = {
    errno.ENOENT: "没有这个文件或文件夹",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是一个文件夹",
    errno.ENOTDIR: "路径里有一段不是文件夹",
    errno.ENAMETOOLONG: "文件名太长",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EROFS: "磁盘只能读",
    errno.EIO: "磁盘读写出错",
}


def explain(error: OSError) -> str:
    """The reason in Chinese; 系统错误 with the errno when it is not in ``REASONS``."""
    return REASONS.get(error.errno or 0, f"系统错误 {error.errno}")
