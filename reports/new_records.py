"""New records that hang from each other: validated one by one, stored together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import Record
from findings.workflow.saving import workflow_writer


class NewRecords:
    """The records of one import, added with their parents first and each with the words that name it in an error.

    Their values come from a text, not from forms: nothing has validated them before.
    """

    def __init__(self) -> None:
        self._words: dict[int, str] = {}  # by identity: records have no key yet
        self._links: dict[int, dict[str, Record]] = {}  # the added records that a record refers to, by field
        self._layers: dict[tuple[int, type[Record]], list[Record]] = {}  # by depth and model
        self._depths: dict[int, int] = {}

    def add(self, record: Record, words: str) -> None:
        """Add a record; ``words`` name it, as 问题“学习不够”."""
        # ``fields_cache`` has the related objects that were given, and asks the database for none.
        links = {name: other for name, other in record._state.fields_cache.items() if id(other) in self._depths}
        depth = 1 + max((self._depths[id(other)] for other in links.values()), default=0)
        self._depths[id(record)], self._links[id(record)], self._words[id(record)] = depth, links, words
        self._layers.setdefault((depth, type(record)), []).append(record)

    def store(self) -> None:
        """Store all of them in one transaction.

        Raises ValidationError, whose messages name the record and the field, for values that do not fit, and
        IntegrityError for those of which another transaction took one meanwhile.
        """
        try:
            workflow_writer.create_tree(self._validated_layers())
        except IntegrityError:
            # The database checks all constraints at once; asking it about each record is many queries, and needed only
            # to tell which record it refused, and in whose words.
            for record in self._in_order():
                name_errors(record, self._words[id(record)], record.validate_constraints)
            raise

    def _in_order(self) -> Iterator[Record]:
        for key in sorted(self._layers, key=lambda key: key[0]):
            yield from self._layers[key]

    def _validated_layers(self) -> Iterator[list[Record]]:
        """The layers from the top; a layer is validated when those above it are stored, because it needs their keys."""
        for key in sorted(self._layers, key=lambda key: key[0]):
            for record in self._layers[key]:
                links = self._links[id(record)]
                for name, other in links.items():
                    setattr(record, name, other)  # stored by now: the key follows
                # Of the links no query asks whether they are there, of the constraints the database will.
                validate = partial(record.full_clean, exclude={*links}, validate_constraints=False)
                name_errors(record, self._words[id(record)], validate)
            yield self._layers[key]


def name_errors(record: Record, words: str, validate: Callable[[], None]) -> None:
    """Validate; the messages of a ValidationError name the record (``words``, as 问题“学习不够”) and the field."""
    try:
        validate()
    except ValidationError as error:
        labels = {field.name: str(field.verbose_name) for field in record._meta.fields}
        raise ValidationError(
            [
                f"{words}{f'的“{labels[name]}”' if name in labels else ''}：{message}"
                for name, messages in error.message_dict.items()
                for message in messages
            ]
        ) from error
