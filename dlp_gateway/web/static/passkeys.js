// What needs a script is shown where scripts run; a passkey that was not had is told of on the page.
'use strict'
document.addEventListener('DOMContentLoaded', function () {
  document.querySelectorAll('[data-without-script]').forEach(function (element) { element.hidden = true })
  document.querySelectorAll('[data-with-script]').forEach(function (element) { element.hidden = false })
})
document.addEventListener('allauth.error', function (event) {
  event.preventDefault()
  const place = document.getElementById('passkey-fault')
  place.hidden = false
  place.focus()
})
