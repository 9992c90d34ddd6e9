"""The room of people and trust."""

from accounts import write_guard


class AccountsConfig(write_guard.RecordsConfig):
    """Users, sign-in and what everything above rests on."""

    name = "accounts"
    verbose_name = "人员与安全"
    record_writer = "accounts.records.saving.account_writer"
