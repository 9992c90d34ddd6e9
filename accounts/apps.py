"""The room of people and trust."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, sign-in and what everything above rests on."""

    name = "accounts"
    verbose_name = "人员与安全"
