// Browsers differ in honouring autofocus on a region: make sure the summary is read first.
document.querySelector("[data-error-summary]").focus();
