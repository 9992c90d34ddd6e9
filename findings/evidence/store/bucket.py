"""Evidence in an S3 bucket: one private object for each digest, read and written by this server alone."""

from __future__ import annotations

import errno
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

# The only module that may import the packages of the extra s3 (TID251); they ship no types.
from botocore.config import Config  # noqa: TID251
from botocore.exceptions import BotoCoreError, ClientError  # noqa: TID251
from django.core.files import File
from storages.backends.s3 import S3Storage  # noqa: TID251

from findings.evidence.store.storage import UnreachableError

logger = logging.getLogger(__name__)
NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
IN_MEMORY = 1 << 20  # bytes; larger files are buffered on disk
DOWN = "存放佐证材料的服务器暂时连接不上，请稍后再试；如果一直这样，请联系系统管理员。"
REFUSES = "存放佐证材料的服务器没有接受请求（{code}），请联系系统管理员。"
FULL = "服务器磁盘空间不足，文件暂时不能读取。请联系系统管理员清理空间，稍后再试。"


class BucketStorage(S3Storage):
    """A private bucket without public or signed URLs: files are only sent by the views."""

    def __init__(self, *, addressing_style: str, **options: Any) -> None:
        config = Config(
            signature_version="s3v4",
            # The server refuses a body that was damaged on the way.
            s3={"addressing_style": addressing_style, "payload_signing_enabled": True},
            # The checksums are Amazon's own; other servers do not know them.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # Seconds; a user waits for the answer.
            connect_timeout=5,
            read_timeout=30,
            retries={"mode": "standard", "total_max_attempts": 2},
        )
        private = {"file_overwrite": False, "default_acl": None, "querystring_auth": True}
        super().__init__(client_config=config, **private, **options)

    @property
    def client(self) -> Any:
        """The client of this thread."""
        return self.connection.meta.client

    def store_file(self, scratch: Path, place: str) -> None:
        """Put the file by one request, which takes effect as a whole or not at all.

        Not by ``save``, which would choose another name when the object exists.
        """
        with _translate_errors(), scratch.open("rb") as file:
            key, kind = self._normalize_name(place), self.default_content_type
            self.client.put_object(Bucket=self.bucket_name, Key=key, Body=file, ContentType=kind)

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        """The content, fetched as a whole, so that an error of the connection occurs before the response has begun."""
        fetched = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 -- the caller closes it
        try:
            with _translate_errors():
                answer = self.client.get_object(Bucket=self.bucket_name, Key=self._normalize_name(name))
                with closing(answer["Body"]) as body:
                    shutil.copyfileobj(body, fetched)
        # Also at the exit of the process: the buffer may be a file on disk.
        except BaseException:
            fetched.close()
            raise
        fetched.seek(0)
        return File(fetched, name)

    def delete(self, name: str) -> None:
        """Remove an object; UnreachableError."""
        with _translate_errors():
            super().delete(name)

    def get_modified_time(self, name: str) -> Any:
        """The time at which the object was put; UnreachableError."""
        with _translate_errors():
            return super().get_modified_time(name)

    def places(self) -> Iterator[str]:
        """The keys below the location, fetched in pages of 1000; UnreachableError."""
        prefix = f"{self.location}/" if self.location else ""
        with _translate_errors():
            pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket_name, Prefix=prefix)
            for page in pages:
                for entry in page.get("Contents", ()):
                    yield entry["Key"].removeprefix(prefix)

    def incoming(self) -> None:
        """None: the scratch file can be anywhere on this machine, since it is sent over the network."""

    def check_answers(self) -> None:
        """List one object, so that a server that does not answer raises UnreachableError."""
        with _translate_errors():
            self.client.list_objects_v2(Bucket=self.bucket_name, Prefix=self.location, MaxKeys=1)


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Translate errors: FileNotFoundError for a missing object, UnreachableError for everything else of the server."""
    try:
        yield
    except ClientError as error:
        code, status = error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in {"NoSuchKey", "404"}:  # a HEAD request has no body with a code
            raise FileNotFoundError(str(error)) from error
        logger.warning("The bucket of the evidence refuses: %s", error)
        raise UnreachableError(DOWN if status >= 500 else REFUSES.format(code=code)) from error
    except BotoCoreError as error:
        logger.warning("The bucket of the evidence does not answer: %s", error)
        raise UnreachableError(DOWN) from error
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        logger.warning("A file of the evidence finds no room on its way: %s", error)
        raise UnreachableError(FULL) from error
