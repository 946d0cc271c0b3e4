"""A host product to try Milepost in: a small calorie diary. It knows Milepost only by its snippet and a signature."""
