// Asks once more before a form or a button with data-confirm="question" goes through.
const dialog = document.querySelector("#confirm");
const text = dialog.querySelector("#confirm-text");
const yes = dialog.querySelector("[data-confirm-yes]");
const usual = yes.textContent;

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  const question = button?.dataset.confirm ?? form.dataset.confirm;
  if (!question || form.dataset.confirmed) {
    return;
  }
  event.preventDefault();
  text.textContent = question;
  yes.textContent = button?.textContent.trim() || usual;
  yes.classList.toggle("button--danger", Boolean(button?.classList.contains("button--danger")));
  dialog.returnValue = "no";
  dialog.showModal();
  dialog.addEventListener(
    "close",
    () => {
      if (dialog.returnValue === "yes") {
        form.dataset.confirmed = "true";
        form.requestSubmit(button);
        delete form.dataset.confirmed;
      } else {
        button?.focus();
      }
    },
    { once: true },
  );
});
