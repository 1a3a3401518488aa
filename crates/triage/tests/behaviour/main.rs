//! The model as the product sees it, trained from the default buckets.

#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod common;
#[cfg(test)]
mod evidence;
#[cfg(test)]
mod held_out;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod learning;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod none_of_these;
#[cfg(test)]
mod robustness;
#[cfg(test)]
mod saved;
