"use strict";
// The review by keyboard. Keys are on the page (data-key), so the page says what they do.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest("select, textarea, input:not([type=checkbox], [type=radio])")) return;
  const form = document.getElementById("judge"), go = { j: "next", k: "previous" }[event.key];
  if (event.key === "?") document.getElementById("help")?.toggleAttribute("open");
  else if (go) document.getElementById(go)?.click();
  else if (!form || form.querySelector("fieldset").disabled) return;
  else if (event.key === "Enter") {
    if (event.target.closest("a, button, summary")) return;
    event.preventDefault();
    form.requestSubmit();
  } else {
    const field = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!field) return;
    event.preventDefault();
    field.click();
  }
});
