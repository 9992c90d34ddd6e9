"""Word files: templates built from a readable definition, checked, and filled in. No other package opens them."""
