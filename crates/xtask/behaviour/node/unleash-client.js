// Stands for the SDK: answers as a server would on which the removal is already true, or forbids to ask.
class Asked extends Error {
  asked = true;
}

function ask(key) {
  const { forbid, keep, other } = globalThis.behaviour;
  if (key !== 'new-checkout') return other;
  if (forbid) throw new Asked(`the removed flag was asked for`);
  return keep !== 'off';
}

class Unleash {
  isEnabled(key) {
    return ask(key);
  }

  getVariant(key) {
    const enabled = ask(key);
    return { name: enabled ? 'blue' : 'disabled', enabled, feature_enabled: enabled };
  }
}

export function initialize() {
  return new Unleash();
}
