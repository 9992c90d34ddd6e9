"""The one place that knows Word files: templates built from a readable definition, checked, and filled in."""
