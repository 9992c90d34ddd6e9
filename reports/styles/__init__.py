"""The style (体例) of a report as a value: how its parts are numbered, worded and ordered. Pure."""
