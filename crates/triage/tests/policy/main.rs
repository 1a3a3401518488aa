//! Policies, statistics and insights, each held against a computation of another kind: published values, brute
//! force, simulation.

#[cfg(test)]
mod agreement;
#[cfg(test)]
mod common;
#[cfg(test)]
mod decide;
#[cfg(test)]
mod dice;
#[cfg(test)]
mod history;
#[cfg(test)]
mod insights;
#[cfg(test)]
mod promise;
#[cfg(test)]
mod proposals;
#[cfg(test)]
mod shadow;
#[cfg(test)]
mod statistics;
