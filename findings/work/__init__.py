"""The pages people work in: dashboard, queue, lists, findings, measures."""
