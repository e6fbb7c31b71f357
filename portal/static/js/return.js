// [data-return] leads back to the letter that is being written. A window that was opened for this
// page alone closes, and the letter comes to the front; elsewhere the browser does not let it, and
// the link leads to the form, which offers the draft.
document.querySelectorAll("[data-return]").forEach((link) => {
  link.addEventListener("click", () => {
    if (history.length === 1) {
      window.close();
    }
  });
});
