import type { LocalDevices } from "../media/LocalDevices";

const NO_CAMERA = "narvaro.guest-no-camera";

/** Camera and microphone of one visit, from the first touch to the end of the call; their code is fetched with them. */
export class VisitDevices {
  private opened: LocalDevices | null = null;

  constructor(
    private readonly load: () => Promise<{ LocalDevices: new () => LocalDevices }>,
    private readonly onOpened: (devices: LocalDevices) => void,
  ) {}

  async open(): Promise<LocalDevices> {
    const { LocalDevices } = await this.load();
    if (!this.opened) this.onOpened((this.opened = new LocalDevices()));
    return this.opened;
  }

  /** See and hear oneself before the knock. */
  async tryOut(): Promise<void> {
    await (await this.open()).start();
  }

  /** As the person wished to come in, also after a reload; what runs already is left alone. */
  async start(): Promise<void> {
    const devices = await this.open();
    const { camera, microphone } = devices.state.get();
    const wantsCamera = sessionStorage.getItem(NO_CAMERA) === null;
    if (!wantsCamera) devices.turnOff("camera");
    if (!camera.isOn && !microphone.isOn) await devices.start({ camera: wantsCamera });
  }

  wish(hasCamera: boolean): void {
    if (hasCamera) sessionStorage.removeItem(NO_CAMERA);
    else sessionStorage.setItem(NO_CAMERA, "yes");
  }

  stop(): void {
    this.opened?.stop();
  }

  /** The call has them now, and closes them. */
  handOver(): void {
    this.opened = null;
  }
}
