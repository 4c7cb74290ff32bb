"""Mends how kafka-python's consumer joins its group: a join that ends between two polls counts.

kafka-python 3.0.12 joins in the background, but `BaseCoordinator.join_group_async` forgets a join
that ended while nobody polled, and begins another; its group parts anew, and where members seldom
wait in a poll when it does, they never come to rest and can commit nothing. And a leader that
joins again because it learnt of partitions does not look at that join any more once it has parted
them (`ConsumerCoordinator.need_rejoin` has turned false), and stays outside.
"""

from typing import Any


def keep_joins(client: Any) -> None:
    """Have a consumer of kafka-python keep what came of a join until its next poll.

    Args:
        client: a `kafka.KafkaConsumer` with a group, just made.

    """
    # The library offers no other way in; tests/contract/test_kafka_rebalance.py fails without it.
    coordinator = client._coordinator  # noqa: SLF001
    join, complete = coordinator._do_join_and_sync_async, coordinator._on_join_complete_async  # noqa: SLF001
    assignment: bytes | None = None

    async def join_once() -> bytes:
        nonlocal assignment
        if assignment is None:
            assignment = await join()
            coordinator.request_rejoin()  # until it is looked at
        return assignment

    async def completed(*of: Any) -> None:
        nonlocal assignment
        assignment = None
        await complete(*of)

    coordinator._do_join_and_sync_async = join_once  # noqa: SLF001
    coordinator._on_join_complete_async = completed  # noqa: SLF001
