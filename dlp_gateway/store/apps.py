"""The store as a Django application."""

from django.apps import AppConfig


class StoreConfig(AppConfig):
    name = "dlp_gateway.store"
    label = "store"
    default_auto_field = "django.db.models.BigAutoField"
