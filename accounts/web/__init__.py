"""The parts that all pages share: forms, middleware, lists."""
