//! Random secrets for tokens that are handed out, of which only a hash is stored.

use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use kernel::error::Error;

/// Random bytes from a generator seeded by the kernel.
pub fn bytes<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0_u8; N];
    rand::fill(&mut bytes).map_err(Error::defect)?;
    Ok(bytes)
}

/// A token that nobody can guess: 32 random bytes, base64url, 43 characters.
pub fn token() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(bytes::<32>()?))
}
