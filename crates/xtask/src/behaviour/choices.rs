//! Where a generator's decisions come from: random ones are written down, written ones can be played again and cut.

/// A source of decisions, and the record of them.
///
/// A program is nothing but the list of decisions that made it. Cutting numbers out of the list gives a smaller
/// program; where the list ends, every further decision is the simplest one.
#[derive(Debug)]
pub(super) struct Choices {
    given: Vec<u32>,
    /// `None` once a list is played again.
    random: Option<Random>,
    /// What was decided, and out of how many.
    pub(super) taken: Vec<u32>,
    /// From which decision to which each part of the program was made, outer parts after inner ones.
    pub(super) spans: Vec<(usize, usize)>,
}

impl Choices {
    /// Random decisions; the same for the same seed.
    pub(super) fn random(seed: u64) -> Self {
        Choices { given: Vec::new(), random: Some(Random(seed)), taken: Vec::new(), spans: Vec::new() }
    }

    /// Plays a list again.
    pub(super) fn replay(given: Vec<u32>) -> Self {
        Choices { given, random: None, taken: Vec::new(), spans: Vec::new() }
    }

    /// A number under `many`; 0 is the simplest choice.
    pub(super) fn pick(&mut self, many: usize) -> usize {
        let many = u32::try_from(many.max(1)).unwrap_or(u32::MAX);
        let choice = match &mut self.random {
            Some(random) => random.next(many),
            None => self.given.get(self.taken.len()).map_or(0, |choice| choice % many),
        };
        self.taken.push(choice);
        choice as usize
    }

    /// Which of several, given their weights.
    pub(super) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u32 = weights.iter().sum();
        let mut point = u32::try_from(self.pick(total as usize)).unwrap_or(0);
        for (index, weight) in weights.iter().enumerate() {
            if point < *weight {
                return index;
            }
            point -= weight;
        }
        0
    }

    /// How many decisions were made so far.
    pub(super) fn count(&self) -> usize {
        self.taken.len()
    }

    /// Notes that all decisions since `start` belong together.
    pub(super) fn close(&mut self, start: usize) {
        self.spans.push((start, self.taken.len()));
    }
}

/// SplitMix64: small, and the same numbers on every machine and in every version.
#[derive(Debug, Clone)]
pub(super) struct Random(u64);

impl Random {
    fn next(&mut self, many: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        u32::try_from(mix(self.0) % u64::from(many)).unwrap_or(0)
    }
}

/// Scatters a number over all numbers.
pub(super) fn mix(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_plays_the_same_again_and_ends_simple() {
        let mut random = Choices::random(7);
        let first: Vec<usize> = (2..40).map(|many| random.pick(many)).collect();
        let mut again = Choices::replay(random.taken.clone());
        assert_eq!(first, (2..40).map(|many| again.pick(many)).collect::<Vec<_>>());
        assert_eq!(again.pick(1000), 0);
    }

    #[test]
    fn weights_are_heeded() {
        let mut choices = Choices::random(1);
        let mut seen = [0u32; 3];
        for _ in 0..3000 {
            seen[choices.weighted(&[1, 0, 2])] += 1;
        }
        assert!(seen[1] == 0 && seen[0] > 700 && seen[2] > 1700, "{seen:?}");
    }
}
