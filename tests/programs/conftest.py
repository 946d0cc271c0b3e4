"""A gym that is a customer, in a workspace of three programs."""

import pytest

from tests.programs.gym import Gym
from tests.world import World


@pytest.fixture
def gym(world: World) -> Gym:
    return Gym(world)
