// Random publishes, outages, data centres that go down, restarts and steps of the clock: every region must
// serve what the model says.

#include "tests/unit/hosting/rollout_model.h"

#include <cstdlib>
#include <random>

#include "tests/unit/hosting/hosting_fixture.h"

using namespace exthost;
using namespace exthost::hosting;

namespace {

std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

class Sequence {
 public:
  Sequence(std::uint64_t seed, Fidelity fidelity, bool told)
      : random_(seed),
        told_(told),
        fixture_(options_with(seed, fidelity), told),
        model_(make_data_centers(model::Cloud::public_cloud, fidelity, std::chrono::seconds(60), seed),
               fixture_.scheduler.now(), fidelity == Fidelity::dev),
        dev_(fidelity == Fidelity::dev) {
    model_.container.config = {"1.0.0.5", "1.0.0.4", "1.0.0.3", "1.0.0.2", "1.0.0.1"};
    for (int build = 1; build <= 5; ++build) model_.container.zips.insert(version(build));
    fixture_.service->start();
    fixture_.scheduler.run_due();
    model_.poll_now(false);
  }

  void run(int steps) {
    compare("at the start");
    for (int i = 0; i < steps; ++i) compare(step());
  }

 private:
  static HostingOptions options_with(std::uint64_t seed, Fidelity fidelity) {
    HostingOptions options = options_for(fidelity);
    options.seed = seed;
    return options;
  }

  static std::string version(int build) { return "1.0.0." + std::to_string(build); }
  int pick(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }

  std::string step() {
    switch (pick(12)) {
      case 0:
      case 1:
        return publish();
      case 2:
        return break_config();
      case 3:
        return upload();
      case 4:
        return remove_zip();
      case 5:
        return outage();
      case 6:
        return take_down();
      case 7:
        return restart();
      case 8:
        return sync();
      default:
        return advance();
    }
  }

  std::string publish() {
    RolloutModel::Content content;
    for (int stage = 0; stage < 5; ++stage) content.push_back(version(1 + pick(9)));
    std::string config = R"({"$version": "3")";
    for (std::size_t stage = 0; stage < 5; ++stage)
      config += ", \"stage" + std::to_string(stage + 1) + "\": \"" + content[stage] + "\"";
    fixture_.source->put("config.json", config + "}");
    model_.container.config = content;
    changed();
    return "publish " + config;
  }

  std::string break_config() {
    fixture_.source->put("config.json", R"({"$version": "3",})");
    model_.container.config.reset();
    changed();
    return "break config.json";
  }

  std::string upload() {
    const std::string name = version(1 + pick(9));
    fixture_.put_version(name);
    model_.container.zips.insert(name);
    changed();
    return "upload " + name;
  }

  std::string remove_zip() {
    const std::string name = version(1 + pick(9));
    fixture_.source->remove(name + ".zip");
    model_.container.zips.erase(name);
    changed();
    return "remove " + name;
  }

  std::string outage() {
    model_.container.reachable = !model_.container.reachable;
    const bool switched = pick(2) == 0;  // or the network fails; the end of either ends both
    fixture_.source->set_outage(switched && !model_.container.reachable);
    fixture_.source->set_reachable(switched || model_.container.reachable);
    changed();
    return model_.container.reachable ? "the outage ends" : "an outage begins";
  }

  std::string take_down() {
    RolloutModel::Region& region =
        model_.regions[static_cast<std::size_t>(pick(static_cast<int>(model_.regions.size())))];
    region.down = !region.down;
    REQUIRE(*fixture_.service->set_down(region.name, region.down));
    fixture_.scheduler.run_due();
    if (!region.down && dev_) model_.poll_now(false);
    return region.name + (region.down ? " goes down" : " comes back");
  }

  std::string restart() {
    fixture_.service->stop();
    fixture_.restart();
    fixture_.service->restore();
    fixture_.service->start();
    fixture_.scheduler.run_due();
    model_.restart();
    return "restart";
  }

  std::string sync() {
    if (pick(2) == 0) {
      fixture_.sync();
      model_.poll_now(true);
      return "sync everywhere";
    }
    const auto index = static_cast<std::size_t>(pick(static_cast<int>(model_.regions.size())));
    REQUIRE(fixture_.service->sync_now("demo", model_.regions[index].name));
    model_.poll_now(true, index);
    return "sync in " + model_.regions[index].name;
  }

  std::string advance() {
    const base::Duration by = std::chrono::seconds(1 + pick(pick(3) == 0 ? 2400 : 90));
    fixture_.scheduler.advance(by);
    model_.advance(by);
    return "advance " + std::to_string(by.count()) + " ms";
  }

  void changed() {
    if (told_ || dev_) fixture_.service->nudge("demo");
    fixture_.scheduler.run_due();
    if (dev_) model_.poll_now(false);
  }

  void compare(const std::string& step) {
    history_ += step + "\n";
    INFO(history_);
    const std::vector<RegionStatus> rows = fixture_.service->regions();
    REQUIRE(rows.size() == model_.regions.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const RolloutModel::Region& expected = model_.regions[i];
      REQUIRE(rows[i].region == expected.name);
      if (rows[i].served_version == RolloutModel::served_by(expected) &&
          rows[i].health == RolloutModel::health_of(expected))
        continue;
      INFO(expected.name);
      CHECK(rows[i].served_version == RolloutModel::served_by(expected));
      REQUIRE(rows[i].health == RolloutModel::health_of(expected));
      FAIL("the version differs");
    }
    const bool open = !fixture_.open_incidents().empty();
    REQUIRE(open == model_.any_failing());
    const std::string page = fixture_.version_at("/demo?region=westus&trustedAuthority=portal.azure.com");
    const auto west = std::find_if(model_.regions.begin(), model_.regions.end(),
                                   [](const auto& region) { return region.name == "westus"; });
    REQUIRE(page == (west->down ? "" : RolloutModel::served_by(*west)));
  }

  std::mt19937_64 random_;
  const bool told_;
  HostingFixture fixture_;
  RolloutModel model_;
  const bool dev_;
  std::string history_;
};

}  // namespace

TEST_CASE("Whatever happens, every region serves what the model says") {
  const std::uint64_t first = number_from("EXTHOST_RANDOM_SEED", 1);
  const std::uint64_t sequences = number_from("EXTHOST_RANDOM_SEQUENCES", 4);
  for (std::uint64_t seed = first; seed < first + sequences; ++seed) {
    for (const Fidelity fidelity : {Fidelity::prod, Fidelity::ci, Fidelity::dev}) {
      for (const bool told : {true, false}) {
        INFO("seed " << seed << (told ? ", told of changes" : "") << ", "
                     << std::string(model::to_string(fidelity)));
        Sequence(seed, fidelity, told).run(60);
      }
    }
  }
}
