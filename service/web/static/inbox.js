"use strict";
// Keep blanks out of the address, and do not refresh what nobody looks at.
document.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt.id !== "filters") return;
  for (const name of [...event.detail.parameters.keys()]) {
    if (!event.detail.parameters.get(name)) event.detail.parameters.delete(name);
  }
});
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.detail.elt.id === "list" && document.hidden) event.preventDefault();
});
