// Asks the device for a passkey, or has one sign, and sends what it answers with the form.
for (const form of document.querySelectorAll("[data-passkey]")) {
  const making = form.dataset.passkey === "create";
  const failed = form.querySelector("[data-passkey-failed]");
  const answer = form.querySelector("[name=answer]");
  const read = making ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";

  // Browsers without passkeys, and pages without a secure connection, show nothing of them.
  form.hidden = !window.PublicKeyCredential?.[read];

  form.addEventListener("submit", async (event) => {
    // Without the password the server says so before the device is asked.
    if (answer.value || form.elements.password?.value === "") {
      return;
    }
    event.preventDefault();
    failed.hidden = true;
    try {
      const publicKey = PublicKeyCredential[read](JSON.parse(form.dataset.options));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      answer.value = JSON.stringify(credential.toJSON());
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    }
  });
}
