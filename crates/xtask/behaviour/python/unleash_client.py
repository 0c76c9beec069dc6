"""Stands for the SDK."""

from trace import ask


class UnleashClient:
    def __init__(self, url=None, app_name=None):
        self.url = url

    def is_enabled(self, feature_name, context=None, fallback_function=None):
        return ask(feature_name)

    def get_variant(self, feature_name, context=None):
        enabled = ask(feature_name)
        return {"name": "blue" if enabled else "disabled", "enabled": enabled, "feature_enabled": enabled}
