"""The top app: what spans all others."""

from django.apps import AppConfig


class RectifyConfig(AppConfig):
    """Settings, addresses, the start of the program, and features that use every other app."""

    name = "rectify"
    verbose_name = "巡察整改跟踪系统"
