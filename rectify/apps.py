"""The Django app above all others: settings, demo data, and the check of the schema."""

from django.apps import AppConfig


class RectifyConfig(AppConfig):
    """Configuration of the app that may import every other one."""

    name = "rectify"
    verbose_name = "巡察整改跟踪系统"
