"""What all pages share: forms, middleware, lists."""
