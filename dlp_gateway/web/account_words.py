"""What forms of django-allauth and Django say of a field, in our words: theirs are neither plain nor Welsh."""

from __future__ import annotations

from .language import say

ACCOUNT_WORDS = {
    "username_password_mismatch": "The name or the password is not right",
    "too_many_login_attempts": "Too many tries. Wait five minutes, then try again",
    "enter_current_password": "Type the password that you have now",
    "incorrect_password": "The password is not right",
}
DIRECTORY_WORDS = {
    "no_role": "Your name and password are right, but none of your groups has a role here. Whoever looks after "
    "accounts can change that",
    "name_taken": "There is an account of your name already that was made here. Whoever looks after accounts can help",
    "disabled": "Your account here is switched off. Whoever looks after accounts can help",
    "unreachable": "The council’s directory can’t be asked at the moment. Try again in a minute",
}
MFA_WORDS = {
    "incorrect_code": "The code is not right, or has been used already. Wait for the next one and type it",
    "cannot_delete_authenticator": "This second factor can’t be removed: it is the only one that you have",
    "cannot_generate_recovery_codes": "Set up a second factor first",
    "passkey_refused": "The passkey was not accepted. Try again, or use another way",
    "rate_limited": "Too many tries. Wait a minute, then try again",
}
OTHER_WORDS = {
    "required": "This field is needed. Fill it in",
    "password_mismatch": "The two new passwords are not the same",
    "too_short": "The password is too short. Use at least 12 characters",
    "too_common": "Too many people use this password. Choose another one",
}
_ENGLISH = {
    "This field is required.": OTHER_WORDS["required"],
    "You must type the same password each time.": OTHER_WORDS["password_mismatch"],
    "This password is too short. It must contain at least 12 characters.": OTHER_WORDS["too_short"],
    "This password is too common.": OTHER_WORDS["too_common"],
    "Please type your current password.": ACCOUNT_WORDS["enter_current_password"],
    "Incorrect password.": ACCOUNT_WORDS["incorrect_password"],
}


def said_error(error: object) -> str:
    """What Django or django-allauth says of a field, in our words and in the language of the page."""
    text = str(error)
    words = _ENGLISH.get(text, text)
    return say(words)
