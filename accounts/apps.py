"""The configuration of the app for users, sign-in, records and the audit trail."""

from accounts import write_guard


class AccountsConfig(write_guard.RecordsConfig):
    """The app that all others build on; it names the writer of its own records."""

    name = "accounts"
    verbose_name = "人员与安全"
    record_writer = "accounts.records.saving.account_writer"
