// Sends one mail by nodemailer: node send.js PORT FROM TO, text on standard input.
const nodemailer = require("nodemailer");
const [port, from, to] = process.argv.slice(2);
const text = require("fs").readFileSync(0, "utf8");
nodemailer
  .createTransport({ host: "127.0.0.1", port: Number(port), secure: false, ignoreTLS: true })
  .sendMail({ from, to, subject: "From nodemailer", text })
  .then((info) => console.log(info.response))
  .catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
