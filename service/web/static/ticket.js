"use strict";
// Forms of the page are sent without leaving it; without this file they are plain forms.
(() => {
  function enhance(root) {
    for (const form of root.querySelectorAll("#ticket form[method=post]")) {
      form.setAttribute("hx-post", form.getAttribute("action"));
      form.setAttribute("hx-target", "#ticket");
      form.setAttribute("hx-select", "#ticket");
      form.setAttribute("hx-swap", "outerHTML show:none");
    }
    htmx.process(root);
  }

  function closeMenus(except) {
    for (const menu of document.querySelectorAll("details.chip[open]")) {
      if (menu !== except) menu.open = false;
    }
  }

  enhance(document.body);
  document.addEventListener("htmx:afterSwap", (event) => {
    enhance(document.body);
    if (event.detail.target && event.detail.target.id === "problem") return;
    const problem = document.getElementById("problem");
    if (problem) { problem.className = ""; problem.replaceChildren(); }
    const done = document.getElementById("done");
    if (done && document.activeElement === document.body) done.focus({ preventScroll: true });
  });
  document.addEventListener("click", (event) => closeMenus(event.target.closest("details.chip")));
  document.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && document.querySelector("details.chip[open]");
    if (open) { open.open = false; open.querySelector("summary").focus(); }
  });
})();
