package io.getunleash;

/** Stands for the SDK's interface. */
public interface Unleash {
    boolean isEnabled(String key);

    boolean isEnabled(String key, boolean fallback);

    Variant getVariant(String key);
}
