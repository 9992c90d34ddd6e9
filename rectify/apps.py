"""The top app: features that span all others."""

from django.apps import AppConfig


class RectifyConfig(AppConfig):
    """Demo data, and whatever else needs every app."""

    name = "rectify"
    verbose_name = "巡察整改跟踪系统"
