/** The few things of a document that UXP has and the panel uses; anything else is an error. */

class Element {
  constructor(name) {
    Object.assign(this, { name, attributes: {}, children: [], listeners: {}, value: "" });
    return new Proxy(this, {
      get(target, key) {
        if (key in target || typeof key === "symbol") return target[key];
        throw new TypeError(`<${name}>.${String(key)} is not used elsewhere in the panel; does UXP have it?`);
      },
    });
  }
  get firstChild() {
    return this.children[0] ?? null;
  }
  get text() {
    return this.children.map((one) => one.text).join("");
  }
  setAttribute(key, value) {
    if (typeof value !== "string") throw new TypeError(`${key} must be a string`);
    this.attributes[key] = value;
  }
  removeAttribute(key) {
    delete this.attributes[key];
  }
  appendChild(child) {
    this.children.push(child);
    return child;
  }
  removeChild(child) {
    this.children = this.children.filter((one) => one !== child);
    return child;
  }
  addEventListener(type, call) {
    this.listeners[type] = call;
  }
  /** Test side: a press, which a disabled button does not feel. */
  press() {
    return "disabled" in this.attributes ? "disabled" : this.listeners.click();
  }
  all(name) {
    return this.children.flatMap((one) => (one.name === name ? [one, ...one.all(name)] : one.all?.(name) ?? []));
  }
}

export const fakeDocument = () => ({
  createElement: (name) => new Element(name),
  createTextNode: (text) => ({ name: "#text", text, all: () => [] }),
});
