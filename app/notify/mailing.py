"""Mails by SMTP (RFC 5321), as plain text."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Any

from app.base.errors import Invalid, Unavailable
from app.base.i18n import LANGUAGES, Language, ntranslate, translate
from app.base.settings import MailSettings

_PATIENCE = 20.0


def spoken(language: str) -> Language:
    """The language of what is sent; Vietnamese unless the other one was chosen."""
    return next((known for known in LANGUAGES if known == language), "vi")


def sentences(items: list[dict[str, Any]], language: Language) -> list[str]:
    """The notices in the reader's words."""
    return [translate(language, item["message"], **item["params"]) for item in items]


def compose(
    mail: MailSettings, origin: str, message_id: str, to: str, items: list[dict[str, Any]], language: Language
) -> EmailMessage:
    """One mail of one or many notices, each with its link."""
    told = sentences(items, language)
    first = " ".join(told[0].split())
    title = first if len(told) == 1 else ntranslate(language, "{count} notice", "{count} notices", len(told))
    lines = [f"{sentence}\n{origin}{item['path']}\n" for sentence, item in zip(told, items, strict=True)]
    lines.append("-- \n" + translate(language, "Sent by Hoichan. You choose what is sent to you here:"))
    lines.append(f"{origin}/notices/settings")
    made = EmailMessage()
    made["From"], made["To"] = mail.sender, to
    made["Subject"] = f"Hoichan: {title}"
    home = parseaddr(mail.sender)[1].rpartition("@")[2]
    made["Date"], made["Message-ID"] = formatdate(), f"<{message_id}@{home}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content("\n".join(lines))
    return made


def send_mail(mail: MailSettings, message: EmailMessage) -> None:
    """Hands it to the mail server. Raises Invalid when that will never take it, Unavailable when it may later."""
    try:
        with _connected(mail) as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        _refuse(max(codes, default=450))
    except smtplib.SMTPAuthenticationError as error:
        raise Unavailable(
            "mail_login", "The mail server refuses our user name or password (mail.user, mail.password_file)."
        ) from error
    except smtplib.SMTPResponseException as error:
        _refuse(error.smtp_code)
    except smtplib.SMTPNotSupportedError as error:
        raise Unavailable(
            "mail_cannot", "The mail server cannot do what mail.security or mail.user ask for."
        ) from error
    except ssl.SSLCertVerificationError as error:
        raise Unavailable("mail_untrusted", "The certificate of the mail server is not trusted.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Unavailable("mail_away", "The mail server did not answer.") from error


def _connected(mail: MailSettings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(mail.host, mail.port, timeout=_PATIENCE, context=context)
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_PATIENCE)
    try:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user:
            server.login(mail.user, mail.password)
    except BaseException:
        server.close()
        raise
    return server


def _refuse(code: int) -> None:
    if code >= 500:
        raise Invalid("mail_refused", "The mail server refused this for good ({status}).", status=code)
    raise Unavailable(
        "mail_put_off", "The mail server does not take it at the moment ({status}).", status=code
    )
