// What the server asks as JSON, in the bytes that browsers want, and their answers back in JSON.
export const isPossible = "PublicKeyCredential" in window && window.isSecureContext;

export async function make(question) {
  const { challenge, user, excludeCredentials = [], ...rest } = question;
  const made = await navigator.credentials.create({
    publicKey: {
      ...rest,
      challenge: bytes(challenge),
      user: { ...user, id: bytes(user.id) },
      excludeCredentials: excludeCredentials.map(known),
    },
  });
  const { clientDataJSON, attestationObject } = made.response;
  return answer(made, {
    clientDataJSON: text(clientDataJSON),
    attestationObject: text(attestationObject),
    transports: made.response.getTransports?.() ?? [],
  });
}

export async function sign(question) {
  const { challenge, allowCredentials = [], ...rest } = question;
  const signed = await navigator.credentials.get({
    publicKey: {
      ...rest,
      challenge: bytes(challenge),
      allowCredentials: allowCredentials.map(known),
    },
  });
  const { clientDataJSON, authenticatorData, signature, userHandle } = signed.response;
  return answer(signed, {
    clientDataJSON: text(clientDataJSON),
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle?.byteLength ? text(userHandle) : undefined,
  });
}

function answer(credential, response) {
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

function known(credential) {
  return { ...credential, id: bytes(credential.id) };
}

function bytes(told) {
  return Uint8Array.from(atob(told.replaceAll("-", "+").replaceAll("_", "/")), (letter) =>
    letter.charCodeAt(0),
  );
}

function text(buffer) {
  const letters = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
