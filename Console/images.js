// Images that go with a message.

import { button, fill, h } from "./dom.js";

/** A button that adds images, and a list of those that were added. */
export function imageInput() {
  let images = [];
  const list = h("ul", { class: "images", "aria-label": "Images of the message" });
  const input = h("input", {
    type: "file",
    accept: "image/*",
    multiple: true,
    hidden: true,
    "aria-label": "Add images",
    async onchange() {
      for (const file of input.files) images.push({ name: file.name, url: await dataURL(file) });
      input.value = "";
      show();
    },
  });

  function show() {
    const items = images.map((image, at) =>
      h(
        "li",
        null,
        h("img", { src: image.url, alt: image.name }),
        button("Remove", () => {
          images.splice(at, 1);
          show();
        }),
      ),
    );
    fill(list, items);
    list.hidden = items.length === 0;
  }
  show();

  return {
    element: h("div", null, input, list),
    button: button("Add image…", () => input.click()),
    clear() {
      images = [];
      show();
    },
    /** The content of a message with a text and the images; `null` for nothing at all. */
    contentWith(text) {
      if (images.length === 0) return text.trim() === "" ? null : text;
      const parts = images.map((image) => ({ type: "image_url", image_url: { url: image.url } }));
      return text.trim() === "" ? parts : [{ type: "text", text }, ...parts];
    },
  };
}

function dataURL(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(file);
  });
}
