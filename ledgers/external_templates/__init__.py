"""Templates of superior offices: their own workbooks, mapped once to a list and filled from it on every export."""
