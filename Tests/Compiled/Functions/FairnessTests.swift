import Foundation
import Synchronization
import Testing
import Theano

/// Writers among readers that never pause.
@Suite struct FairnessTests {
  private final class Flag: Sendable {
    let value = Atomic(false)
  }

  /// On threads of their own, so that neither waits for the pool of tasks that the other tests keep busy.
  @Test(.timeLimit(.minutes(10))) func aWriterGetsItsTurn() async throws {
    let w = shared(NDArray.ones([50_000], dtype: .float64), name: "w")
    let read = try function(outputs: T.sum(T.exp(w)))
    let isDone = Flag()
    for _ in 0..<3 {
      Thread.detachNewThread { while !isDone.value.load(ordering: .relaxed) { _ = try? read() } }
    }
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        for value in 1...10 { try? w.setValue(NDArray.full([50_000], NDArray(Double(value)))) }
        isDone.value.store(true, ordering: .relaxed)
        continuation.resume()
      }
    }
    #expect(try w.value[0] == NDArray(10.0))
  }
}
