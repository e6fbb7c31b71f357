// Sends what is being written to the server as a draft, some seconds after the last key. The page
// has a button for the same, so that nothing is lost where this fails.
function improve(form) {
  const version = form.elements[form.dataset.version];
  const token = form.elements.csrf_token;
  const status = form.querySelector("[data-autosave-status]");
  const text = form.querySelector("textarea");
  let kept = text.defaultValue;
  let waiting;
  let sending = false;
  let stopped = false;

  const say = (words, wrong) => {
    status.textContent = words;
    status.classList.toggle("field__count--over", wrong);
  };

  const save = async () => {
    clearTimeout(waiting);
    if (sending || stopped || text.value === kept) {
      return;
    }
    sending = true;
    const now = text.value;
    try {
      const answer = await fetch(form.dataset.url, {
        method: "POST",
        body: new URLSearchParams({ csrf_token: token.value, text: now, [form.dataset.version]: version.value }),
        headers: { "X-CSRFToken": token.value, Accept: "application/json" },
        credentials: "same-origin",
      });
      const said = await answer.json();
      if (answer.ok) {
        version.value = said.version;
        kept = now;
        say(said.saved, false);
      } else {
        // Somebody else has saved, or the letter has moved on: only a person can decide now.
        stopped = answer.status === 409;
        say(said.error ?? form.dataset.failed, true);
        if (said.login) {
          const link = document.createElement("a");
          link.href = said.login;
          link.target = "_blank";
          link.rel = "noopener";
          link.textContent = form.dataset.login;
          status.append(" ", link);
        }
      }
    } catch {
      say(form.dataset.failed, true);
    } finally {
      sending = false;
      if (!stopped && text.value !== now) {
        later();
      }
    }
  };

  function later() {
    clearTimeout(waiting);
    waiting = setTimeout(save, 2500);
  }

  text.addEventListener("input", later);
  // On a slow line one types before this file has come.
  if (text.value !== kept) {
    later();
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      save();
    }
  });
  // An answer under way would make the version of the form stale before it is sent.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    stopped = true;
    if (sending) {
      event.preventDefault();
      const again = setInterval(() => {
        if (!sending) {
          clearInterval(again);
          form.requestSubmit(event.submitter);
        }
      }, 100);
    }
  });
}

document.querySelectorAll("[data-autosave]").forEach(improve);
