"""The forms that are filled in from the record: what each can say, how it looks unless replaced, and what it says."""
