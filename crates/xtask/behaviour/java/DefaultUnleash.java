package io.getunleash;

import support.Trace;

/** Stands for the SDK's client. */
public class DefaultUnleash implements Unleash {
    @Override
    public boolean isEnabled(String key) {
        return Trace.ask(key);
    }

    @Override
    public boolean isEnabled(String key, boolean fallback) {
        return Trace.ask(key);
    }

    @Override
    public Variant getVariant(String key) {
        boolean enabled = Trace.ask(key);
        return new Variant(enabled ? "blue" : "disabled", enabled);
    }
}
