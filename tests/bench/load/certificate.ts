export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** A certificate for an address, or other names, that a server trusts which is given its file. */
export async function makeCertificate(
  folder: string,
  address = "127.0.0.1",
  altNames = `IP:${address}`,
) {
  const [certFile, keyFile] = [`${folder}/cert.pem`, `${folder}/key.pem`];
  const { success, stderr } = await new Deno.Command("openssl", {
    args: [
      ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"],
      ...["-days", "2", "-subj", `/CN=${address}`, "-addext", `subjectAltName=${altNames}`],
      ...["-addext", "basicConstraints=critical,CA:FALSE"],
      ...["-keyout", keyFile, "-out", certFile],
    ],
  }).output();
  if (!success) throw new Error(`Cannot make a certificate: ${new TextDecoder().decode(stderr)}`);
  const [cert, key] = await Promise.all([certFile, keyFile].map((file) => Deno.readTextFile(file)));
  return { certFile, keyFile, cert: cert ?? "", key: key ?? "" };
}
