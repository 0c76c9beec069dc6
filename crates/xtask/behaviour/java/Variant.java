package io.getunleash;

/** Stands for the SDK's variant. */
public final class Variant {
    private final String name;
    private final boolean enabled;

    Variant(String name, boolean enabled) {
        this.name = name;
        this.enabled = enabled;
    }

    public String getName() {
        return name;
    }

    public boolean isEnabled() {
        return enabled;
    }
}
