"""Uploaded files too large for the memory: on the disk under no name, so that a crash leaves nothing of them."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class NamelessFileUploadHandler(FileUploadHandler):
    """As Django's handler for large files, whose named files stay in the temporary folder when the server is killed."""

    file: IO[bytes]

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Open a file that is gone as soon as nobody has it open."""
        super().new_file(*args, **kwargs)
        self.file = TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 -- closed with the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write on."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        """Hand it over, from its beginning."""
        self.file.seek(0)
        about = (self.file_name, self.content_type, file_size, self.charset, self.content_type_extra)
        return UploadedFile(self.file, *about)

    def upload_interrupted(self) -> None:
        """Let go of it."""
        if hasattr(self, "file"):
            self.file.close()
